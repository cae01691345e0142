import '@xyflow/react/dist/base.css';
import './hues.css';
import './folds.css';
import './panel.css';
import './drawing.css';
import './cells.css';
import './cluster.css';
import './pages.css';
